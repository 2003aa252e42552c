// What a jest report counts as.

/**
 * A suite that could not run, a skipped test, a red exit without a red test and no test at all are failures too.
 * @param report what jest wrote with --json, or undefined when it wrote nothing
 */
export function countJest(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, note: 'jest ended without a report' };
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + skipped;
  if (passed + failed === 0) return { passed, failed: 1, note: 'no tests were found' };
  if (failed === 0 && exitCode !== 0) return { passed, failed: 1, note: `jest ended with exit code ${exitCode}` };
  return { passed, failed, ...(skipped > 0 ? { note: `${skipped} skipped tests count as failed` } : {}) };
}
