/** What the demo is told by environment variables. */
export interface Settings {
  readonly port: number;
  readonly gatewayPort: number;
  /** Where orders are kept: the directory of an embedded PostgreSQL, or the URL of a server. */
  readonly database: string;
  /** `null`: the stand-in is started and used. */
  readonly realPortOne: { readonly apiUrl: string; readonly sdkBaseUrl: string } | null;
  readonly impCode: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The merchant's accounts with the gateways; payments in others are refused. Left out: any. */
  readonly pgIds?: readonly string[];
}

const SDK_BASE_URL = 'https://cdn.iamport.kr';

/**
 * Reads the demo's settings.
 *
 * @returns the settings, or what is wrong with it, one sentence for each mistake
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings | { readonly mistakes: string[] } {
  const mistakes: string[] = [];

  const port = (name: string, fallback: number) => {
    const value = env[name] || `${fallback}`;
    if (!/^\d{1,5}$/.test(value) || +value < 1 || +value > 65535)
      mistakes.push(`${name} is "${value}", and must be a port from 1 to 65535.`);
    return +value;
  };
  const url = (name: string, fallback: string) => {
    const value = env[name] || fallback;
    if (!/^https?:\/\//.test(value) || !URL.canParse(value)) mistakes.push(`${name} is "${value}", and must be an http: or https: URL.`);
    return value.replace(/\/+$/, '');
  };

  const real = !!env.PORTONE_API_URL;
  const credential = (name: string, fallback: string) => env[name] || fallback;
  const missing = real ? ['PORTONE_IMP_CODE', 'PORTONE_API_KEY', 'PORTONE_API_SECRET'].filter((name) => !env[name]) : [];
  if (missing.length > 0)
    mistakes.push(`PORTONE_API_URL is set, so the real PortOne is to be used, and that needs ${missing.join(', ')} too.`);

  const settings: Settings = {
    port: port('PORT', 4000),
    gatewayPort: port('GATEWAY_PORT', 4001),
    database: env.DATABASE_URL || env.DATA_DIR || '.data',
    realPortOne: real ? { apiUrl: url('PORTONE_API_URL', ''), sdkBaseUrl: url('PORTONE_SDK_URL', SDK_BASE_URL) } : null,
    impCode: credential('PORTONE_IMP_CODE', 'imp00000000'),
    apiKey: credential('PORTONE_API_KEY', 'stand-in-key'),
    apiSecret: credential('PORTONE_API_SECRET', 'stand-in-secret'),
    ...(env.PORTONE_PG_IDS && { pgIds: env.PORTONE_PG_IDS.split(',') }),
  };
  if (env.DATABASE_URL && !/^postgres(ql)?:\/\//.test(env.DATABASE_URL))
    mistakes.push(`DATABASE_URL is "${env.DATABASE_URL}", and must begin with postgres://.`);
  if (!real && settings.port === settings.gatewayPort) mistakes.push(`PORT and GATEWAY_PORT are both ${settings.port}, and must differ.`);
  return mistakes.length > 0 ? { mistakes } : settings;
}
