import type { Failure } from '../../shared/model/error.ts'
import { useText } from './useText.ts'

/** @returns What happened as a sentence, and what to do about it, unless the message says that itself, after a semicolon. */
export function useAdvice(): (failure: Pick<Failure, 'code' | 'message'>) => string {
  const { t } = useText()
  return ({ code, message }) => {
    const sentence = /[.。!?？]$/.test(message) ? message : `${message}.`
    return message.includes(';') ? sentence : `${sentence} ${t(`error.${code}.hint`)}`
  }
}
