import type { Translated } from '../../../shared/locales/translate.ts'
import type { shell as source } from '../en/shell.ts'

export const shell: Translated<typeof source> = {
  'shell.nav.label': '视图',
  'shell.nav.compose': '新建',
  'shell.nav.live': '实时',
  'shell.nav.history': '运行',
  'shell.nav.settings': '设置',
  'shell.skip': '跳到正文',
  'shell.connecting': '正在连接主机……',
  'shell.lost': '连不上主机；运行不受影响，照常进行。正在重试……',
  'shell.signedOut.title': '本页尚未登录',
  'shell.signedOut.text': '登录链接只能用一次，一分钟内有效。请重新启动主机，或让它再给一个链接：',
  'shell.keys.title': '键盘操作',
  'shell.keys.everywhere': '任何页面',
  'shell.keys.inCompose': '新建运行',
  'shell.keys.inLive': '查看运行',
  'shell.keys.help': '显示本表',
  'shell.keys.compose': '新建运行',
  'shell.keys.history': '全部运行',
  'shell.keys.settings': '设置',
  'shell.keys.start': '开始',
  'shell.keys.pause': '暂停或继续',
  'shell.keys.tabs': '任务、工作者、错误、主机、日志',
  'shell.keys.filter': '筛选任务',
  'shell.living': '{count} 个运行正在进行',
}
