import type { serve as source } from '../en/serve.ts'
import type { Translated } from '../translate.ts'

export const serve: Translated<typeof source> = {
  'serve.hint':
    '请在一分钟内打开上面的地址，它可供一个浏览器登录。需要新地址时运行 interleave serve --code。按 Ctrl-C 结束仪表盘及其正在执行的任务。',
  'serve.noBrowser': '此处无法打开浏览器，请在浏览器中打开：{url}',
  'serve.stopping': '正在停止；再按一次立即结束。',
  'serve.portTaken': '端口 {port} 已被其他程序占用，未向其发送任何内容。请换一个端口，或省略 --port。',
  'serve.portRefused': '端口 {port} 无法使用：{reason}。请换一个端口，或省略 --port。',
  'serve.servedAt':
    '进程 {pid} 已在 {url} 为该数据目录提供服务。要再登录一个浏览器，请运行 interleave serve --code。',
  'serve.servedElsewhere':
    '另一个进程已在为数据目录 {directory} 提供服务。请停止该进程，或用 --data-dir 指定其他目录。',
  'serve.nobody': '没有进程为数据目录 {directory} 提供服务。请先运行：interleave serve',
  'serve.refused': '已拒绝一个请求：{message}（{code}）',
  'serve.suppressed': '此后另有 {count} 次',
  'option.port': '监听本机的端口 N；0 表示任一空闲端口',
  'option.open': '打开浏览器；无法打开时给出地址',
  'option.readOnly': '登录者只能查看运行，不能启动或更改任何内容',
  'option.code': '为已在运行的仪表盘打印一个新的登录地址，然后退出',
  'example.serve.plain': '打印地址；按 Ctrl-C 结束',
  'example.serve.open': '在本机浏览器中打开',
  'example.serve.readOnly': '供只需查看的人使用',
  'example.serve.code': '仪表盘运行时，再登录一个浏览器',
}
