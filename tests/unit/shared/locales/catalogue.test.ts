import { describe, expect, it } from 'vitest'

import { en } from '../../../../shared/locales/en.ts'
import { localeOf, translator, type Message } from '../../../../shared/locales/translate.ts'
import { zhCN } from '../../../../shared/locales/zh-CN.ts'

const formsOf = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : [message.one, message.other]

const placeholdersOf = (message: Message): string[] =>
  [
    ...new Set(formsOf(message).flatMap(text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))),
  ].sort()

describe('the catalogues', () => {
  const english: Record<string, Message> = en
  const chinese: Record<string, Message> = zhCN

  it('have the same keys and no empty text', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
    const empty = [english, chinese].flatMap(each =>
      Object.entries(each).filter(([, message]) => formsOf(message).some(text => text.trim() === '')),
    )
    expect(empty).toEqual([])
  })

  it('say the same with the same placeholders', () => {
    const differing = Object.keys(english).filter(
      key => placeholdersOf(english[key]!).join() !== placeholdersOf(chinese[key]!).join(),
    )
    expect(differing).toEqual([])
  })
})

describe('translator', () => {
  it('fills placeholders and separates thousands', () => {
    expect(translator(en)('progress.inFlightOf', { count: 12_345, limit: 20_000 })).toBe('12,345 of 20,000')
  })

  it('tells one from many in English only', () => {
    const values = [1, 2].map(count => ({ count }))
    expect(values.map(each => translator(en)('progress.retries', each))).toEqual(['1 retry', '2 retries'])
    expect(values.map(each => translator(zhCN)('progress.retries', each))).toEqual(['重试 1 次', '重试 2 次'])
  })

  it('leaves text from outside as it is, also when it looks like a placeholder', () => {
    expect(translator(en)('usage.unknownCommand', { name: '{command} $& $1' })).toBe(
      'There is no command "{command} $& $1".',
    )
  })
})

describe('localeOf', () => {
  it.each([
    ['zh_CN.UTF-8', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['zh-Hant-TW', 'zh-CN'],
    ['ZH_cn', 'zh-CN'],
    ['en_GB.UTF-8', 'en'],
    ['C', 'en'],
    ['zha', 'en'],
    ['', 'en'],
  ])('reads %s as %s', (tag, locale) => {
    expect(localeOf(tag)).toBe(locale)
  })
})
