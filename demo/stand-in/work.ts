/** What goes on behind the answers: webhooks under way, and what is to come later. */
export interface Work {
  /** Has it waited for by `idle`. It never rejects. */
  track(work: Promise<unknown>): void;
  later(delayMs: number, work: () => void): void;
  /** Resolves when nothing is under way, and nothing is to come. */
  idle(): Promise<void>;
  /** Nothing comes any more. */
  stop(): void;
}

export function createWork(): Work {
  const open = new Set<Promise<unknown>>();
  const timers = new Map<NodeJS.Timeout, () => void>();
  const track = (work: Promise<unknown>) => {
    const done: Promise<unknown> = work.catch(() => {}).then(() => open.delete(done));
    open.add(done);
  };
  return {
    track,
    later(delayMs, work) {
      track(
        new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            timers.delete(timer);
            work();
            resolve();
          }, delayMs);
          timers.set(timer, resolve);
        }),
      );
    },
    async idle() {
      while (open.size > 0) await Promise.all(open);
    },
    stop() {
      for (const [timer, resolve] of timers) {
        clearTimeout(timer);
        resolve();
      }
      timers.clear();
    },
  };
}
