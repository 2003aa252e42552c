export { COMMENT, SSE_HEADERS, encodeControl, encodeEvent, encodeRetry, wireData } from './encode.js';
