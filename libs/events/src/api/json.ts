// Loose types of the generated documents: they are data that is written out, not worked with.
export type Json = Record<string, unknown>;
