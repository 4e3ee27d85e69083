import type { Translate } from '../../shared/locales/translate.ts'
import type { ErrorCode } from '../../shared/model/error.ts'

/**
 * The command line cannot be carried out and nothing was started. Its sentence is said when it is known to whom: in
 * the user's language on a terminal, in English in a document.
 */
export class CommandError extends Error {
  readonly say: (t: Translate) => string
  readonly code: ErrorCode

  constructor(
    say: (t: Translate) => string,
    options: { readonly code?: ErrorCode; readonly cause?: unknown } = {},
  ) {
    super(options.code ?? 'E_CONFIG', { cause: options.cause })
    this.name = 'CommandError'
    this.say = say
    this.code = options.code ?? 'E_CONFIG'
  }
}
