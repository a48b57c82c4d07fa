/** Longest wait for a quiet moment. */
const PATIENCE_MS = 1500;

/** Comes when the page has been drawn and has nothing better to do: what is heavy loads then. */
export function afterStage(): Promise<void> {
  return new Promise((resolve) => {
    const idle = (): void => {
      // Safari has no idle callbacks.
      if ('requestIdleCallback' in globalThis)
        requestIdleCallback(() => resolve(), { timeout: PATIENCE_MS });
      else setTimeout(resolve, PATIENCE_MS / 5);
    };
    // Two frames: the first one draws what the load has brought.
    requestAnimationFrame(() => requestAnimationFrame(idle));
  });
}
