import AxeBuilder from '@axe-core/playwright';
import { expect, SHOP, test } from './support.js';

test('the chaos panel tells what each of the three saw of a payment whose return is doubled and whose lookup fails', async ({ page }) => {
  await page.goto(`${SHOP}/chaos?lang=en`);
  await page.locator('[name=landing]').selectOption('twice');
  await page.locator('[name=webhook]').selectOption('lost');
  const planned = page.waitForResponse(
    (response) => response.url().endsWith('/chaos/plan') && /"apiFailures":1/.test(response.request().postData() ?? ''),
  );
  await page.locator('[name=apiFailures]').selectOption('1');
  expect((await planned).status()).toBe(204);

  const phone = page.frameLocator('#phone');
  await page.locator('#phone').scrollIntoViewIfNeeded();
  await phone.locator('#pay').click();
  await phone.locator('[data-ending="paid"]').click();
  await expect(phone.locator('.imp-redirect')).toHaveAttribute('data-state', 'paid');
  await expect(page.frameLocator('#second-tab').locator('.imp-redirect')).toHaveAttribute('data-state', 'paid');

  const timeline = page.locator('#timeline');
  for (const line of [
    'The customer: looks at the gateway',
    'The customer: the landing page opens',
    'The customer: “Payment complete”',
    'The customer: onPaid is signalled',
    "The merchant's server: order: created → paid",
    "The merchant's server: answers the page: paid",
    'PortOne and the gateway: ended at the gateway: paid',
    'PortOne and the gateway: answers the server 503',
    'PortOne and the gateway: sends no webhook',
  ])
    await expect(timeline).toContainText(line);
  await expect(timeline.getByText('created → paid')).toHaveCount(1);
  await expect(timeline.getByText('onPaid is signalled')).toHaveCount(1);

  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
