// What a browser knows of the world: online or not, visible again. Elsewhere: always online.

export interface PageLifecycle {
  readonly online: boolean;
  /** Called when it is online again, or the page is shown again. Returns the stop function. */
  onReturn(listener: () => void): () => void;
  onOffline(listener: () => void): () => void;
}

export const pageLifecycle: PageLifecycle = {
  get online() {
    return typeof navigator === 'undefined' || navigator.onLine !== false;
  },
  onReturn(listener) {
    if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
    const shown = (): void => {
      if (document.visibilityState === 'visible') listener();
    };
    window.addEventListener('online', listener);
    document.addEventListener('visibilitychange', shown);
    return () => {
      window.removeEventListener('online', listener);
      document.removeEventListener('visibilitychange', shown);
    };
  },
  onOffline(listener) {
    if (typeof window === 'undefined') return () => undefined;
    window.addEventListener('offline', listener);
    return () => window.removeEventListener('offline', listener);
  },
};
