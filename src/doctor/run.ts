import type { Options } from './args.js';
import { createHow } from './confirm.js';
import { checkEndpoint, unknownId } from './endpoint.js';
import { createJar } from './http.js';
import { createOrders } from './orders.js';
import { checkPages, openLanding } from './pages.js';
import type { PortOne } from './portone.js';
import { createSheet, type Sheet } from './sheet.js';

/**
 * Examines a confirm endpoint and its pages.
 *
 * @param portone what the server under test asks in PortOne's place; `null` where nobody plays it
 */
export async function examine(options: Options, portone: PortOne | null): Promise<ReturnType<Sheet['results']>> {
  const sheet = createSheet();
  // One customer, who opens the page, makes the orders and comes home.
  const jar = createJar(options.confirmUrl, options.cookie);
  const landing = await openLanding(options, unknownId(), jar);
  const how = createHow(options, landing?.isThere ? landing.page : null, jar);
  const { pass } = how.request;
  const nextOrder = createOrders(pass ? { ...options, pass } : options, jar);
  await checkEndpoint({ sheet, how, portone, nextOrder, webhook: options.webhook });
  await checkPages(sheet, landing, options, jar);
  return sheet.results();
}
