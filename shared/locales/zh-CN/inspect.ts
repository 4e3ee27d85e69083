import type { inspect as source } from '../en/inspect.ts'
import type { Translated } from '../translate.ts'

export const inspect: Translated<typeof source> = {
  'inspect.is.url': 'URL',
  'inspect.is.list': 'URL 列表',
  'inspect.is.sitemap': '站点地图',
  'inspect.is.records': '数据记录',
  'inspect.is.job': '保存的作业',
  'inspect.is.folder': '文件夹',
  'inspect.is.unreadable': '无法使用',
  'inspect.suits': '可用于',
  'inspect.format': '格式',
  'inspect.size': '大小',
  'inspect.tasks': '任务数',
  'inspect.about': '约 {count}',
  'inspect.fields': '字段',
  'inspect.urlField': 'URL 所在',
  'inspect.evidence': '判断依据',
  'inspect.first': '开头',
  'inspect.files': '文件',
  'inspect.noFiles': '没有可作为输入的文件',
  'inspect.more': '另有 {count} 个',
}
