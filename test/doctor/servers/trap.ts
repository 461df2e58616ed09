import type { Parts } from './shop.js';

/** PortOne's own FastAPI sample: HTTP 200 with a list that says 400. */
export const trap: Partial<Parts> = { answer: (c) => c.json(['결제 동기화에 실패했습니다.', 400]), settled: () => undefined };
