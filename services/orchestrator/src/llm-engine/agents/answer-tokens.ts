// The greatest length of answers, in tokens. What a model thinks before it speaks counts, too.
export const SHORT_ANSWER_TOKENS = 4_096;
export const REPORT_TOKENS = 8_192;
