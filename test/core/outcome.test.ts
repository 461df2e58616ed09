import { describe, expect, it } from 'vitest';
import { ImpRedirectError } from '../../src/core/errors.js';
import { judgeReply } from '../../src/core/outcome.js';
import { answerText, IDS } from './helpers.js';

describe('judgeReply', () => {
  it.each([200, 201, 202, 400, 401, 403, 404, 409, 422, 499])('a verdict counts with HTTP %i', (httpStatus) => {
    expect(judgeReply({ httpStatus, text: answerText('paid') }, IDS)).toMatchObject({ status: 'paid' });
    expect(judgeReply({ httpStatus, text: answerText('forged') }, IDS)).toMatchObject({ status: 'forged' });
    expect(judgeReply({ httpStatus, text: answerText('pending') }, IDS)).toMatchObject({ status: 'pending' });
  });

  it.each([0, 408, 425, 429, 500, 502, 503, 504, 599])('HTTP %i means "later", whatever the body says', (httpStatus) => {
    for (const text of [undefined, '', answerText('paid'), answerText('failed')]) {
      const outcome = judgeReply({ httpStatus, ...(text === undefined ? {} : { text }) }, IDS);
      expect(outcome).toBeInstanceOf(ImpRedirectError);
      expect(outcome).toMatchObject({ code: 'confirm_unreachable', actor: 'network' });
    }
  });

  it('tells the HTTP status where there was an answer, and the cause where there was none', () => {
    const cause = new TypeError('Failed to fetch');
    expect(judgeReply({ httpStatus: 503, text: '' }, IDS)).toMatchObject({ message: expect.stringContaining('503') });
    expect(judgeReply({ httpStatus: 0, cause }, IDS)).toMatchObject({ message: expect.stringContaining('Failed to fetch'), cause });
  });

  it.each<[httpStatus: number, name: string, text: string]>([
    [200, 'a login page', '<!doctype html><form>'],
    [200, 'nothing', ''],
    [200, '{}', '{}'],
    [200, "FastAPI's array", '["결제 동기화에 실패했습니다.",400]'],
    [200, 'a verdict for other ids', answerText('paid', { imp_uid: 'imp_2' })],
    [204, 'nothing', ''],
    [400, 'an Error as JSON', '{}'],
    [401, 'nothing', ''],
    [403, 'a page', '<h1>Forbidden</h1>'],
    [404, 'a page', 'Cannot POST /payments/complete'],
    [404, 'a status without ids', '{"status":"failed"}'],
  ])('HTTP %i with %s is an error for the merchant', (httpStatus, _, text) => {
    const outcome = judgeReply({ httpStatus, text }, IDS);
    expect(outcome).toBeInstanceOf(ImpRedirectError);
    expect(outcome).toMatchObject({ code: 'confirm_unreadable', actor: 'merchant', message: expect.stringContaining(`${httpStatus}`) });
  });
});
