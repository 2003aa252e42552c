import { describe, expect, it } from '@jest/globals';
import { VanaError, type Principal } from '@vana/events';
import { NEVER, Observable, of, throwError } from 'rxjs';
import { NatsOrchestratorCommands } from './nats-orchestrator-commands.js';

const principal: Principal = { id: 'ada', tenant: 'default', scopes: ['runs:start'] };
const command = { principal, sessionId: 's1', query: 'why?' };

function commandsOver(answer: Observable<unknown>) {
  const sent: [string, unknown][] = [];
  const send = <T>(pattern: string, data: unknown) => {
    sent.push([pattern, data]);
    return answer as Observable<T>;
  };
  return { commands: new NatsOrchestratorCommands({ send }, 20), sent };
}

describe('NatsOrchestratorCommands', () => {
  it('sends each command on its pattern and unpacks the value', async () => {
    const run = { runId: 'r1' };
    const { commands, sent } = commandsOver(of({ ok: true, value: run }));
    expect(await commands.startRun(command)).toEqual(run);
    await commands.getRun({ principal, runId: 'r1' });
    await commands.cancelRun({ principal, runId: 'r1' });
    await commands.createSession({ principal });
    await commands.getSession({ principal, sessionId: 's1' });
    await commands.listSessions({ principal, limit: 5 });
    await commands.deleteSession({ principal, sessionId: 's1' });
    expect(sent.map(([pattern]) => pattern)).toEqual([
      'vana.commands.run.start',
      'vana.commands.run.get',
      'vana.commands.run.cancel',
      'vana.commands.session.create',
      'vana.commands.session.get',
      'vana.commands.session.list',
      'vana.commands.session.delete',
    ]);
    expect(sent[0]![1]).toEqual(command);
  });

  it('throws the command’s own error', async () => {
    const error = new VanaError('run_active', { details: { runId: 'r7' } }).toBody();
    const { commands } = commandsOver(of({ ok: false, error }));
    await expect(commands.startRun(command)).rejects.toMatchObject({ code: 'run_active', details: { runId: 'r7' } });
  });

  it.each([
    ['nobody answers in time', NEVER],
    ['nobody listens', throwError(() => new Error('Empty response'))],
    ['the answer ends without a value', new Observable((subscriber) => subscriber.complete())],
  ])('says no_orchestrator when %s', async (_name, answer) => {
    const { commands } = commandsOver(answer);
    await expect(commands.startRun(command)).rejects.toMatchObject({ code: 'no_orchestrator' });
  });

  it('takes anything that is no reply as a fault', async () => {
    const { commands } = commandsOver(of('hello'));
    await expect(commands.startRun(command)).rejects.toMatchObject({ code: 'internal' });
  });
});
