// `curl -N`: no client code of anybody's between the wire and the lines.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type ReceivedBlock, type StreamClient } from './stream-client.js';

export const curlClient: StreamClient = ({ url, token, lastEventId, until }) =>
  new Promise((resolve, reject) => {
    const resume = lastEventId === undefined ? [] : ['-H', `Last-Event-ID: ${lastEventId}`];
    const curl = spawn('curl', ['-sSN', '--fail-with-body', '-H', `Authorization: Bearer ${token}`, ...resume, url]);
    const blocks: ReceivedBlock[] = [];
    const fields = new Map<string, string>();
    let ended = false;
    let complaint = '';
    curl.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    curl.once('error', reject);
    curl.once('close', () => (ended ? resolve(blocks) : reject(new Error(`the stream ended: ${complaint}`))));
    createInterface({ input: curl.stdout }).on('line', (line) => {
      if (ended) return;
      if (line !== '') {
        const colon = line.indexOf(': ');
        fields.set(line.slice(0, colon), line.slice(colon + 2));
        return;
      }
      const data = fields.get('data');
      if (data !== undefined) {
        const block = { type: fields.get('event') ?? 'message', id: fields.get('id') ?? '', data };
        blocks.push(block);
        ended = until(block);
        if (ended) curl.kill();
      }
      fields.clear();
    });
  });
