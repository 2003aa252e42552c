/**
 * Header of a broadcaster's answer that turns a reader away for reasons of the pod (full, draining) and not of
 * the reader: another pod may take it. Between pods only.
 */
export const POD_REFUSAL_HEADER = 'x-vana-pod-refused';

/** Trailer of a broadcaster's event stream: why it ended, as a `closing` or `end` block has said it in the stream. */
export const CLOSED_TRAILER = 'x-vana-closed';
