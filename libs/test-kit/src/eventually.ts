// For tests on real servers: looks again until the condition holds, instead of sleeping for a fixed time.

/** @throws the last failure when `check` has not come true (or stopped throwing) within `timeoutMs` */
export async function eventually<T>(
  check: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<Exclude<T, false | undefined>> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown = new Error(`not true within ${timeoutMs} ms`);
    try {
      const value = await check();
      if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > endMs) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
