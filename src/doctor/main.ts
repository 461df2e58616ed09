import { langOf, type Options, readArgs, UsageError } from './args.js';
import type { Lang, Words } from './findings.js';
import { DOCTOR_HELP, HELP } from './help.js';
import { createPortOne, PortTaken, servePortOne } from './portone.js';
import { toJson, toText } from './report.js';
import { examine } from './run.js';
import { exitCodeOf } from './sheet.js';

/** What the command line needs of its process. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  /** For people: what is no part of the report. */
  say(text: string): void;
}

const PLAYED = (url: string): Words => ({
  en: `PortOne is played at ${url}. Your server must run with PORTONE_API_URL=${url}`,
  ko: `${url}에서 포트원을 흉내 내고 있습니다. 서버를 PORTONE_API_URL=${url}로 켜 두세요`,
});

async function runDoctor(options: Options, { out, say }: Terminal): Promise<0 | 1 | 2> {
  const { outside, portonePort, lang, json } = options;
  const portone = outside ? null : createPortOne(options);
  const served = portone && (await servePortOne(portone, portonePort));
  if (served) say(`${PLAYED(served.url)[lang]}\n\n`);
  try {
    const results = await examine(options, portone);
    out(json ? toJson(results, options) : toText(results, lang));
    return exitCodeOf(results);
  } finally {
    await served?.close();
  }
}

const SEE: Words = { en: 'See', ko: '도움말:' };
const NO_COMMAND: Words = { en: 'there is no such command', ko: '없는 명령입니다' };
const TAKEN: Words = {
  en: 'is taken by another program: choose another one with --portone-port',
  ko: '포트를 다른 프로그램이 쓰고 있습니다. --portone-port로 다른 포트를 고르세요',
};

/** The language of what is said before the options are understood. */
function langOfArgs(args: readonly string[], env: Terminal['env']): Lang {
  const [, said] = / --lang[= ](ko|en)( |$)/.exec(` ${args.join(' ')}`) ?? [];
  return (said as Lang | undefined) ?? langOf(env);
}

/**
 * Runs one command.
 *
 * @param args what stands behind the program's name
 * @returns the exit code: 0 for clean, 1 where something was found, 2 where it could not be checked, or the command is none
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const [command, ...rest] = args;
  const lang = langOfArgs(args, terminal.env);
  const fail = (message: string, help: string) => {
    terminal.say(`imp-redirect: ${message}\n${SEE[lang]} ${help}\n`);
    return 2 as const;
  };
  if (!command || /^(--help|-h|help)$/.test(command)) {
    terminal[command ? 'out' : 'say'](HELP[lang]);
    return command ? 0 : 2;
  }
  if (command !== 'doctor') return fail(`${NO_COMMAND[lang]}: ${command}`, 'imp-redirect --help');
  try {
    const options = readArgs(rest, terminal.env);
    if (options !== 'help') return await runDoctor(options, terminal);
    terminal.out(DOCTOR_HELP[lang]);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return fail(error.words[lang], 'imp-redirect doctor --help');
    if (error instanceof PortTaken) return fail(`${error.port} ${TAKEN[lang]}`, 'imp-redirect doctor --help');
    // Whatever it was, nothing has been found.
    return fail((error as Error).message, 'imp-redirect doctor --help');
  }
}
