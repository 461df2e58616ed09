import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { listen } from '../../demo/listen.js';
import { freePort } from './postgres.js';

async function askWhileClosing(patienceMs?: number) {
  const port = await freePort();
  const listener = await listen(port, ['127.0.0.1']);
  let answer = (_: Response) => {};
  const answered = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  listener.serve(
    new Hono().get('/', () => {
      arrive();
      return answered;
    }),
  );
  const asked = fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.text(),
    () => 'cut',
  );
  await arrived;
  const closed = listener.close(patienceMs);
  if (patienceMs) answer(new Response('done'));
  await closed;
  return asked;
}

it('what is being answered when a server closes is answered, where it is given the time', async () => {
  expect(await askWhileClosing(10_000)).toBe('done');
  expect(await askWhileClosing()).toBe('cut');
});
