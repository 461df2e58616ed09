/** Notes an event. The fields hold nothing that names a customer, nor a whole order number. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number | null>>) => void;

/** One JSON object per line. */
export const logToConsole: Log = (event, fields) => console.log(JSON.stringify({ at: new Date().toISOString(), event, ...fields }));
