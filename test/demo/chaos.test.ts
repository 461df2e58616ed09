// What the chaos panel asks its server: a plan for one order, and one order's story.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chaos, createChaos, type Story } from '../../demo/chaos/routes.js';
import { createStandInApp, type StandInApp } from '../../demo/stand-in/index.js';

const PLAN = { ending: 'paid', way: 'redirect', landing: 'once', webhook: 'lost', apiFailures: 3 };

let directory: string;
let standIn: StandInApp;
let chaos: Chaos;
const log = vi.fn();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chaos-'));
  await writeFile(join(directory, 'page.html'), '<html lang="ko"><p lang="ko">하나</p><p lang="en">one</p></html>');
  standIn = createStandInApp({
    origin: 'http://127.0.0.1:1',
    webhookUrl: 'http://127.0.0.1:1/',
    apiKey: 'k',
    apiSecret: 's',
    impCode: 'imp1',
    sdkDir: '',
  });
  chaos = createChaos(standIn, log, join(directory, 'page.html'));
});
afterAll(() => rm(directory, { recursive: true }));

const sendPlan = (body: unknown, headers = {}) =>
  chaos.routes.request('/plan', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const readStory = async (order: string) => (await (await chaos.routes.request(`/story?order=${order}`)).json()) as Story;

describe('the plan', () => {
  it('is that of one order', async () => {
    expect((await sendPlan({ merchant_uid: 'order-1', plan: PLAN })).status).toBe(204);
    expect(standIn.plans.of('order-1')).toEqual(PLAN);
    expect(standIn.plans.of('order-2')).toEqual({});
  });

  it.each([
    ['an ending that is none', { merchant_uid: 'order-3', plan: { ...PLAN, ending: 'constructor' } }],
    ['no order', { plan: PLAN }],
    ['a number of failures that never ends', { merchant_uid: 'order-3', plan: { ...PLAN, apiFailures: 1e9 } }],
    ['no plan', { merchant_uid: 'order-3' }],
  ])('is refused with %s', async (_, body) => {
    expect((await sendPlan(body)).status).toBe(400);
    expect(standIn.plans.of('order-3')).toEqual({});
  });

  it("is not another site's to send", async () => {
    expect((await sendPlan({ merchant_uid: 'order-3', plan: PLAN }, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect(standIn.plans.of('order-3')).toEqual({});
  });
});

describe('the story', () => {
  it('is what both sides know of this order, and how the server fared since it began', async () => {
    chaos.log('portone_unavailable', { status: 503 });
    const logged = Date.now();
    await vi.waitUntil(() => Date.now() > logged, { interval: 1 });
    standIn.events.note('requested', { merchant_uid: 'order-4-abcdef' }, '14000 KRW');
    chaos.log('confirmed', { order: 'order-4-', told: 'paid' });
    chaos.log('confirmed', { order: 'order-5-', told: 'failed' });
    chaos.log('unavailable', {});
    chaos.log('started', {});
    const { server, portone } = await readStory('order-4-abcdef');
    expect(server.map(({ event, fields }) => [event, fields.told])).toEqual([
      ['confirmed', 'paid'],
      ['unavailable', undefined],
    ]);
    expect(portone).toMatchObject([{ name: 'requested', merchantUid: 'order-4-abcdef', detail: '14000 KRW' }]);
    expect(await readStory('order-6')).toEqual({ server: [], portone: [] });
    expect(log).toHaveBeenCalledTimes(5);
  });

  it('holds the last two thousand lines at most', async () => {
    for (let i = 0; i < 5000; i++) chaos.log('confirmed', { order: 'order-7-', told: 'paid' });
    const { server } = await readStory('order-7-abcdef');
    expect(server.length).toBeGreaterThanOrEqual(1000);
    expect(server.length).toBeLessThanOrEqual(2000);
  });
});

it('is a page in the language that was asked for', async () => {
  for (const [query, lang] of [
    ['', 'ko'],
    ['?lang=en', 'en'],
    ['?lang=xx', 'ko'],
  ]) {
    const response = await chaos.routes.request(`/${query}`);
    expect(await response.text()).toContain(`<html lang="${lang}">`);
  }
});
