// jsdom for specs of pages, with what browsers have and jsdom lacks.
import { TestEnvironment } from 'jest-environment-jsdom';

const FROM_NODE = { Headers, ReadableStream, Request, Response, TextDecoder, TextEncoder, Uint8Array, fetch };

export default class BrowserEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, FROM_NODE);
  }
}
