// The failures that a run survives: it ends with what it has. Everything else is a fault of ours and ends it as failed.
import { VanaError } from '@vana/events';
import { BudgetSpent } from './run-budget.js';

export function isModelFailure(error: unknown): error is VanaError | BudgetSpent {
  if (error instanceof BudgetSpent) return true;
  return error instanceof VanaError && (error.code === 'model_unavailable' || error.code === 'model_refused');
}
