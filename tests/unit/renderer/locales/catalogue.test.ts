import { describe, expect, it } from 'vitest'

import { en } from '../../../../renderer/locales/en.ts'
import { zhCN } from '../../../../renderer/locales/zh-CN.ts'
import type { Message } from '../../../../shared/locales/translate.ts'

const formsOf = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : [message.one, message.other]

const placeholdersOf = (message: Message): string =>
  [...new Set(formsOf(message).flatMap(text => text.match(/\{\w+\}/g) ?? []))].sort().join()

describe('the texts of the dashboard', () => {
  const english: Record<string, Message> = en
  const chinese: Record<string, Message> = zhCN

  it('are there in both languages, none empty', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
    const empty = [english, chinese].flatMap(each =>
      Object.entries(each).filter(([, message]) => formsOf(message).some(text => text.trim() === '')),
    )
    expect(empty).toEqual([])
  })

  it('say the same with the same placeholders', () => {
    const keys = Object.keys(english)
    expect(keys.filter(key => placeholdersOf(english[key]!) !== placeholdersOf(chinese[key]!))).toEqual([])
  })
})
