// What an engine must not do twice when its run is taken over: each step has a name, its result is kept.
export interface RunSteps {
  /**
   * The result of the step with this name (unique in the run, the same at each attempt). Where it has finished in
   * an earlier attempt, what that gave; else `work` is done and its result stored before this resolves.
   * Results are JSON values of at most 512 KiB: a larger one is given but not kept.
   * @throws what `work` throws: nothing is kept then
   */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
}
