import PQueue from 'p-queue';

/** There is more to do than can be done in time. Nothing was tried. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';

  /** @param retryAfterS when there is room again, in seconds, if nothing more comes */
  constructor(readonly retryAfterS: number) {
    super(`the queue is full for ${retryAfterS} s`);
  }
}

export interface QueueOptions {
  /** How many works run at a time. @default 8 */
  readonly concurrency?: number;
  /** How many may wait; one more is refused. @default 200 */
  readonly limit?: number;
  /** For tests: a clock that only goes forward, in milliseconds. */
  readonly elapsedMs?: () => number;
}

/** Runs work, or rejects with {@link Overloaded}. */
export type Enqueue = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a bounded queue: a server that takes on more than it can do answers nobody in time, and its customers ask again.
 * Who is refused is told how long the backlog takes, by what the latest works took.
 */
export function createQueue({ concurrency = 8, limit = 200, elapsedMs = () => performance.now() }: QueueOptions = {}): Enqueue {
  const queue = new PQueue({ concurrency });
  let averageMs = 100;
  return (work) => {
    // It counts those that wait, and not those that run.
    if (queue.size >= limit) {
      const backlogS = (queue.size * averageMs) / concurrency / 1000;
      return Promise.reject(new Overloaded(Math.min(Math.max(Math.ceil(backlogS), 1), 120)));
    }
    return queue.add(async () => {
      const startMs = elapsedMs();
      try {
        return await work();
      } finally {
        averageMs += (elapsedMs() - startMs - averageMs) / 10;
      }
    });
  };
}
