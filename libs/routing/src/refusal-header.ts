/**
 * Header of a broadcaster's answer that turns a reader away for reasons of the pod (full, draining) and not of
 * the reader: another pod may take it. Between pods only.
 */
export const POD_REFUSAL_HEADER = 'x-vana-pod-refused';
