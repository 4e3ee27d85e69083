import type { Translated } from '../../../shared/locales/translate.ts'
import type { failures as source } from '../en/failures.ts'

export const failures: Translated<typeof source> = {
  'failures.title': '每秒失败数',
  'failures.hint': '每个任务只在结束时计一次；之后又重试的那几次不算。',
  'failures.summary': '每秒失败数，按类别；所示时间内共 {count} 个：{kinds}。',
  'failures.summaryKind': '{kind} {count} 个',
  'failures.none': '这段时间没有失败',
  'failures.4xx': '返回 4xx',
  'failures.429': '返回 429（请求过多）',
  'failures.5xx': '返回 5xx',
  'failures.others': '其他类别',
  'failures.all': '失败',
}
