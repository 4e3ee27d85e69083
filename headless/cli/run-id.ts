import { CommandError } from './command-error.ts'

/** @throws CommandError for what cannot be the beginning of an id. */
export function runIdOf([text = '']: readonly string[]): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text)) return text
  throw new CommandError(t => t('usage.notRunId', { value: text }), { code: 'E_NOT_FOUND' })
}
