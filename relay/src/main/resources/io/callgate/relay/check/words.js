// Every text of the page, by language and key. {name} stands for a value.

const english = {
  pageTitle: 'Callgate: what gets through',
  otherLanguage: '中文',
  title: 'What gets through',
  lead: 'This page tests, from this very browser, which ways lead to the relay and how well a call would run on each. It talks to nothing but this relay.',
  verdictTitle: 'Result',
  resultsTitle: 'Result by transport',
  columnTransport: 'Transport',
  columnResult: 'Result',
  columnConnect: 'Connect',
  columnRoundTrip: 'Round trip',
  columnLoss: 'Loss',
  columnThroughput: 'Throughput',

  udp: 'UDP', tcp: 'TCP', tls: 'TLS',
  udpAbout: 'Best for calls: a packet that is lost holds up no other.',
  tcpAbout: 'The way round where UDP is closed. A packet that is lost makes all behind it wait.',
  tlsAbout: 'Looks like a secure web page from outside: for networks that let nothing else through.',
  port: 'port {port}',

  waiting: 'Waiting',
  connecting: 'Connecting…',
  packets: 'Measuring round trip and loss…',
  filling: 'Measuring throughput…',
  good: 'Passes, good',
  fair: 'Passes, usable',
  poor: 'Passes, poor',
  blocked: 'Blocked',
  noReturn: 'Answers are lost',
  untrusted: 'Certificate not trusted here',
  refused: 'Refused by the relay',
  absent: 'Not offered here',

  goodWhy: 'Fit for calls with video in high definition.',
  fairWhy: 'Fit for speech, and for video of less quality.',
  poorWhy: 'Calls would stutter: compare the figures with those below.',
  udpNoReturn: 'The relay got {packets} packets of this test and answered; no answer arrived here. A firewall lets UDP out and not back in.',
  udpBlocked: 'The relay got no packet of this test from your address. A firewall drops UDP to it.',
  udpOnlyTls: 'Something on the way looks into the packets (deep packet inspection) and passes only TLS; UDP to this address is dropped.',
  tcpOnlyTls: 'The port is open, but something on the way looks into the packets (deep packet inspection) and passes only TLS on it.',
  tcpOnlyWeb: 'The port is open, for this page came through it; but something on the way passes web pages only: a proxy, or a firewall that looks into the packets.',
  tlsUntrusted: 'Nothing is blocked: TLS reached the relay, and this browser then refused the certificate that the relay showed. A warning clicked away for the page does not count for calls.',
  tlsOpened: 'TLS itself passes, a call inside it does not: something on the way opens TLS and looks inside (TLS inspection).',
  tlsBlocked: 'No TLS connection of this test came about. A firewall refuses TLS to this address and port.',
  udpAbsent: 'This relay takes no UDP at this address.',
  tcpAbsent: 'This relay takes no plain TCP at this address.',
  tlsAbsent: 'This relay takes no TLS at this address.',
  refusedWhy: 'The way is open, but the relay answered with TURN error {code}. That is not the firewall: tell whoever runs the relay.',

  running: 'Testing {transport}…',
  runningDetail: 'The whole test takes less than a minute.',
  starting: 'Asking the relay for a test…',
  everything: 'Calls get through: UDP works, and so does every other way that this relay offers.',
  enough: 'Calls get through: UDP works, with a way round if it is ever disturbed.',
  udpOnly: 'Calls get through by UDP; if UDP is ever disturbed there is no way round.',
  tcpOnly: 'Calls get through, but not by UDP: over TCP they stutter as soon as the network is busy.',
  tlsOnly: 'Calls get through inside TLS alone: they work, and stutter as soon as the network is busy.',
  tcpWithoutUdp: 'Calls get through by TCP; this relay offers no UDP at this address.',
  tlsWithoutUdp: 'Calls get through inside TLS; this relay offers no UDP at this address.',
  nothing: 'Calls do not get through: web pages reach the relay from here, calls do not.',
  nothingButOneWay: 'UDP reaches the relay; only its answers are lost on the way back.',
  onlyCertificate: 'Calls do not get through yet: TLS reaches the relay, but this browser does not trust its certificate.',
  relayRefused: 'The relay was reached and refused the test: this is not the firewall.',
  fairCall: 'The way that calls would take is usable but not good.',
  poorCall: 'The way that calls would take is too poor for good calls: the network is slow or overloaded on it.',

  tooMany: 'Your network has had its tests for now. Try again in {minutes} min.',
  tooManyDetail: 'Each network has {runs} tests an hour.',
  unreachable: 'The relay does not answer any more.',
  unreachableDetail: 'It may be restarting, or the connection was cut. Try again in a minute.',
  noWebRtc: 'This browser has no WebRTC: it can hold no calls, and test none.',
  noWebRtcDetail: 'A company policy or an extension may have switched it off. Open the page in a current Chrome, Edge, Firefox or Safari.',

  openTitle: 'What to change',
  openLead: 'In the order of their use for calls:',
  ruleUdp: 'Let UDP out to the relay, and its answers back in. One rule serves every call.',
  ruleUdpText: 'allow outbound UDP to {address} port {port}, answers allowed\nnft: {family} daddr {address} udp dport {port} accept',
  ruleUdpReturn: 'Let the answers of the relay back in: a stateful rule that stays open for a minute after the last packet.',
  ruleUdpReturnText: 'allow inbound UDP from {address} port {port}, answers to outbound UDP\nnft: ct state established,related accept',
  ruleTcp: 'Let TCP to this address and port pass unread: without it or TLS there is no way round when UDP is disturbed.',
  ruleTcpText: 'allow outbound TCP to {address} port {port}, any content, no proxy\nnft: {family} daddr {address} tcp dport {port} accept',
  ruleTls: 'Let TLS out to the relay.',
  ruleTlsText: 'allow outbound TCP to {address} port {port}, TLS\nnft: {family} daddr {address} tcp dport {port} accept',
  ruleTlsOpened: 'Exempt this address and port from TLS inspection.',
  ruleTlsOpenedText: 'no TLS inspection for TCP to {address} port {port}',
  ruleCertificate: 'No firewall rule helps here: give the relay a certificate that this browser trusts, or make the clients trust the one it has.',
  ruleCertificateText: 'trusted certificate needed for {host} ({address} port {port}, TCP)',
  copyRule: 'Copy',
  copyRuleOf: 'Copy: {rule}',

  again: 'Run again',
  copyReport: 'Copy report',
  copied: 'Copied.',
  notCopied: 'The browser did not allow it: mark and copy the text below.',

  methodTitle: 'How this is measured',
  methodWay: 'The way',
  methodWayText: 'Two WebRTC connections in this page call each other by the relay (TURN), one transport at a time: browser, relay, relay, browser. So every figure is for there and back.',
  methodConnect: 'Connect',
  methodConnectText: 'From the first packet until both sides can talk. After {seconds} s without that the transport counts as not passing.',
  methodRoundTrip: 'Round trip',
  methodRoundTripText: 'The median over {packets} packets of {bytes} bytes, {millis} ms apart, as speech would be.',
  methodLoss: 'Loss',
  methodLossText: 'Those of them that did not arrive; they are not sent again. On TCP and TLS nothing is lost, it comes late.',
  methodThroughput: 'Throughput',
  methodThroughputText: 'As fast as it goes, for {seconds} s or {megabytes} MB, without the first quarter. It takes up and down at the same time.',
  thresholdsTitle: 'What the words mean',
  thresholdsWord: 'Word',
  thresholdGood: 'good', thresholdFair: 'usable', thresholdPoor: 'poor',
  atMost: 'up to {value}',
  atLeast: 'from {value}',
  worse: 'worse',
  methodCredential: 'The test has a credential of its own: good for 60 seconds and 20 MB, and only between the two ends of this page. Each network (IPv4 /24, IPv6 /48) has 10 tests an hour.',

  factRelay: 'Relay',
  factYou: 'You, as the relay sees you',
  factTime: 'Tested at',
  reportTitle: 'Callgate check',
  reportPage: 'Page',
  reportBrowser: 'Browser',
  reportResult: 'Result',
  reportRow: '{transport} (port {port}): {word}',
  reportFigures: 'connect {connect}, round trip {roundTrip}, loss {loss}, throughput {throughput}',
  reportChange: 'To change',
  none: 'none',
  announceRow: '{transport}: {word}. {why}',
};

const chinese = {
  pageTitle: 'Callgate：哪些能通过',
  otherLanguage: 'English',
  title: '哪些能通过',
  lead: '本页从当前浏览器出发，逐一测试通往此中继的各种方式，以及通话质量如何。测试只与此中继通信。',
  verdictTitle: '结论',
  resultsTitle: '各传输方式的结果',
  columnTransport: '传输方式',
  columnResult: '结果',
  columnConnect: '连接用时',
  columnRoundTrip: '往返时延',
  columnLoss: '丢包率',
  columnThroughput: '吞吐量',

  udp: 'UDP', tcp: 'TCP', tls: 'TLS',
  udpAbout: '最适合通话：丢失一个数据包不会耽误其他数据包。',
  tcpAbout: 'UDP 不通时的备用方式。丢失一个数据包，后面的都要等待。',
  tlsAbout: '从外部看与安全网页（https）相同：用于只放行 TLS 的网络。',
  port: '端口 {port}',

  waiting: '等待中',
  connecting: '正在连接…',
  packets: '正在测量时延和丢包…',
  filling: '正在测量吞吐量…',
  good: '通过，良好',
  fair: '通过，可用',
  poor: '通过，较差',
  blocked: '被阻断',
  noReturn: '应答丢失',
  untrusted: '证书在此不受信任',
  refused: '被中继拒绝',
  absent: '此处未提供',

  goodWhy: '可进行高清视频通话。',
  fairWhy: '可进行语音通话和较低画质的视频通话。',
  poorWhy: '通话会卡顿：请对照下方的标准查看数值。',
  udpNoReturn: '中继收到了本次测试的 {packets} 个数据包并已应答，但应答没有到达这里。防火墙放行了 UDP 出站，却没有放行应答。',
  udpBlocked: '中继没有收到来自您地址的任何测试数据包。防火墙丢弃了发往中继的 UDP。',
  udpOnlyTls: '途中有设备检查数据包内容（深度包检测），只放行 TLS；发往此地址的 UDP 被丢弃。',
  tcpOnlyTls: '端口是开放的，但途中有设备检查数据包内容（深度包检测），在此端口上只放行 TLS。',
  tcpOnlyWeb: '端口是开放的，因为本页就是经由它打开的；但途中有设备只放行网页：可能是代理，或检查内容的防火墙。',
  tlsUntrusted: '没有任何阻断：TLS 已到达中继，但此浏览器拒绝了中继出示的证书。为网页忽略证书警告，对通话无效。',
  tlsOpened: 'TLS 本身可以通过，但其中的通话不行：途中有设备解开 TLS 检查内容（TLS 检查）。',
  tlsBlocked: '本次测试没有建立任何 TLS 连接。防火墙拒绝了发往此地址和端口的 TLS。',
  udpAbsent: '此中继在这个地址上不提供 UDP。',
  tcpAbsent: '此中继在这个地址上不提供普通 TCP。',
  tlsAbsent: '此中继在这个地址上不提供 TLS。',
  refusedWhy: '线路是通的，但中继返回了 TURN 错误 {code}。这与防火墙无关：请联系中继的运营者。',

  running: '正在测试 {transport}…',
  runningDetail: '全部测试不到一分钟。',
  starting: '正在向中继申请测试…',
  everything: '通话可以通过：UDP 正常，此中继提供的其他方式也都正常。',
  enough: '通话可以通过：UDP 正常，万一受到干扰也有备用方式。',
  udpOnly: '通话可以经由 UDP 通过；但若 UDP 受到干扰，没有备用方式。',
  tcpOnly: '通话可以通过，但不能使用 UDP：网络繁忙时，经由 TCP 的通话会卡顿。',
  tlsOnly: '通话只能在 TLS 内通过：可以使用，但网络繁忙时会卡顿。',
  tcpWithoutUdp: '通话可以经由 TCP 通过；此中继在这个地址上不提供 UDP。',
  tlsWithoutUdp: '通话可以在 TLS 内通过；此中继在这个地址上不提供 UDP。',
  nothing: '通话无法通过：从这里可以打开中继的网页，但通话不行。',
  nothingButOneWay: 'UDP 能到达中继，只是应答在返回途中丢失。',
  onlyCertificate: '通话暂时无法通过：TLS 能到达中继，但此浏览器不信任它的证书。',
  relayRefused: '已到达中继，但中继拒绝了测试：这与防火墙无关。',
  fairCall: '通话将使用的方式可用，但质量一般。',
  poorCall: '通话将使用的方式质量太差：网络过慢或过载。',

  tooMany: '您所在网络的测试次数暂时已用完。请在 {minutes} 分钟后再试。',
  tooManyDetail: '每个网络每小时可测试 {runs} 次。',
  unreachable: '中继不再应答。',
  unreachableDetail: '它可能正在重启，或连接被中断。请一分钟后再试。',
  noWebRtc: '此浏览器没有 WebRTC：既不能通话，也无法测试。',
  noWebRtcDetail: '可能被公司策略或扩展程序禁用。请用新版 Chrome、Edge、Firefox 或 Safari 打开本页。',

  openTitle: '需要更改什么',
  openLead: '按对通话的作用排序：',
  ruleUdp: '放行发往中继的 UDP，并允许应答返回。一条规则适用于所有通话。',
  ruleUdpText: '允许出站 UDP 到 {address} 端口 {port}，允许应答\nnft: {family} daddr {address} udp dport {port} accept',
  ruleUdpReturn: '允许中继的应答返回：使用有状态规则，并在最后一个数据包之后保持一分钟。',
  ruleUdpReturnText: '允许入站 UDP 来自 {address} 端口 {port}，作为出站 UDP 的应答\nnft: ct state established,related accept',
  ruleTcp: '放行发往此地址和端口的 TCP，不检查内容：没有它或 TLS，UDP 受到干扰时就没有备用方式。',
  ruleTcpText: '允许出站 TCP 到 {address} 端口 {port}，不限内容，不经代理\nnft: {family} daddr {address} tcp dport {port} accept',
  ruleTls: '放行发往中继的 TLS。',
  ruleTlsText: '允许出站 TCP 到 {address} 端口 {port}，TLS\nnft: {family} daddr {address} tcp dport {port} accept',
  ruleTlsOpened: '对此地址和端口免除 TLS 检查。',
  ruleTlsOpenedText: '对发往 {address} 端口 {port} 的 TCP 不做 TLS 检查',
  ruleCertificate: '这里不需要防火墙规则：请为中继配置此浏览器信任的证书，或让客户端信任中继现有的证书。',
  ruleCertificateText: '{host} 需要受信任的证书（{address} 端口 {port}，TCP）',
  copyRule: '复制',
  copyRuleOf: '复制：{rule}',

  again: '重新测试',
  copyReport: '复制报告',
  copied: '已复制。',
  notCopied: '浏览器不允许复制：请选中下面的文字手动复制。',

  methodTitle: '测量方法',
  methodWay: '路径',
  methodWayText: '本页中的两个 WebRTC 连接经由中继（TURN）互相呼叫，每次一种传输方式：浏览器、中继、中继、浏览器。因此每个数值都是往返的结果。',
  methodConnect: '连接用时',
  methodConnectText: '从第一个数据包到双方可以通话。{seconds} 秒内没有成功，视为不通过。',
  methodRoundTrip: '往返时延',
  methodRoundTripText: '{packets} 个 {bytes} 字节数据包的中位数，间隔 {millis} 毫秒，与语音相同。',
  methodLoss: '丢包率',
  methodLossText: '其中没有到达的数据包，不会重发。在 TCP 和 TLS 上不会丢失，只会迟到。',
  methodThroughput: '吞吐量',
  methodThroughputText: '尽力发送 {seconds} 秒或 {megabytes} MB，不计最初的四分之一。同时占用上行和下行。',
  thresholdsTitle: '用词的含义',
  thresholdsWord: '用词',
  thresholdGood: '良好', thresholdFair: '可用', thresholdPoor: '较差',
  atMost: '不超过 {value}',
  atLeast: '不低于 {value}',
  worse: '更差',
  methodCredential: '测试使用专用凭证：有效 60 秒、20 MB，只能在本页两端之间使用。每个网络（IPv4 /24，IPv6 /48）每小时可测试 10 次。',

  factRelay: '中继',
  factYou: '中继所见的您的地址',
  factTime: '测试时间',
  reportTitle: 'Callgate 检测报告',
  reportPage: '页面',
  reportBrowser: '浏览器',
  reportResult: '结论',
  reportRow: '{transport}（端口 {port}）：{word}',
  reportFigures: '连接 {connect}，往返 {roundTrip}，丢包 {loss}，吞吐量 {throughput}',
  reportChange: '需要更改',
  none: '无',
  announceRow: '{transport}：{word}。{why}',
};

const BY_LANGUAGE = {en: english, zh: chinese};

/** 'zh' or 'en', as the page says. */
export function language() {
  return document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
}

export function word(key, values = {}) {
  const text = BY_LANGUAGE[language()][key];
  if (text === undefined) throw new Error(`no word for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

export function keysOf(which) {
  return Object.keys(BY_LANGUAGE[which]);
}

export function millis(value) {
  return number(value, {style: 'unit', unit: 'millisecond', unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0});
}

export function percent(value) {
  return number(value / 100, {style: 'percent', maximumFractionDigits: 1});
}

export function mbit(value) {
  return number(value, {maximumFractionDigits: value < 10 ? 1 : 0}) + ' Mbit/s';
}

function number(value, options) {
  return new Intl.NumberFormat(language() === 'zh' ? 'zh-Hans' : 'en', options).format(value);
}
