import type { Translated } from '../../../shared/locales/translate.ts'
import type { components as source } from '../en/components.ts'

export const components: Translated<typeof source> = {
  'components.close': '关闭',
  'components.remove': '移除 {name}',
  'components.more': '增加',
  'components.less': '减少',
  'components.loading': '正在加载…',
  'components.toasts': '消息',
  'components.nothing': '暂无内容',
  'components.sortedUp': '从小到大',
  'components.sortedDown': '从大到小',
  'components.asTable': '以表格显示',
  'components.asChart': '以图表显示',
  'components.time': '时间',
  'components.event': '事件',
  'components.noSamples': '还没有测量数据',
  'components.phases': '时间花在哪里',
  'components.phase.cpu': 'CPU',
  'components.phase.firstByte': '等待首字节',
  'components.phase.body': '接收正文',
  'components.phase.connect': '建立连接（DNS、TLS）',
  'components.phase.queue': '排队',
  'components.phasesSummary': '{label}：CPU {cpu}，等待 {waiting}',
  'components.lineSummary': '{label}：当前 {last}，最低 {low}，最高 {high}',
}
