// What PortOne's own guide to V1 payments shows, in Hono: the same steps, the same branches, the same fields.
import { Hono } from 'hono';
import { never } from './shop.js';

/**
 * @param api the guide writes `https://api.iamport.kr` here
 * @see https://developers.portone.io/opi/ko/integration/start/v1/auth (2026-08), "결제 완료 처리하기"
 */
export function createManualSample(api: string): Hono {
  const orders = new Map<string, { readonly amount: number }>();
  const OrderService = {
    async findById(id: string) {
      const order = orders.get(id);
      if (!order) throw new Error('no such order');
      return order;
    },
  };
  const app = new Hono();

  app.post('/orders', (c) => {
    const id = `payment-${orders.size + 1}`;
    orders.set(id, { amount: 64_900 });
    return c.json({ merchant_uid: id, amount: 64_900 });
  });

  app.post('/payment/complete', async (c) => {
    try {
      const { imp_uid, merchant_uid } = await c.req.json();
      const tokenResponse = await fetch(`${api}/users/getToken`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ imp_key: 'imp_apikey', imp_secret: 'secret' }),
      });
      if (!tokenResponse.ok) throw new Error(`tokenResponse: ${await tokenResponse.json()}`);
      const { access_token } = (await tokenResponse.json()) as { access_token: string };

      const paymentResponse = await fetch(`${api}/payments/${imp_uid}`, { headers: { Authorization: access_token } });
      if (!paymentResponse.ok) throw new Error(`paymentResponse: ${await paymentResponse.json()}`);
      const payment = (await paymentResponse.json()) as { amount: number; status: string };

      const order = await OrderService.findById(merchant_uid);
      if (order.amount === payment.amount) {
        switch (payment.status) {
          case 'ready':
            break;
          case 'paid':
            break;
        }
      }
      // Express waits for a `res.send` that never comes.
      return await never();
    } catch (e) {
      return c.json(e as object, 400);
    }
  });
  return app;
}
