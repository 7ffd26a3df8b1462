/** Whether a host is a loopback name or address (RFC 1122, section 3.2.1.3; RFC 6761, section 6.3). */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}
