"""What devices say on a LAN beside HTTP; a program of its own, since it runs in another network namespace.
  lan_peer.py answer JSON               answers every discovery query with this text
  lan_peer.py request MAC ADDRESS       asks for an address by DHCP, again and again
"""

import ipaddress
import json
import socket
import sys
import time

QUERY_PORT, ANSWER_PORT = 9988, 9989


def answer(text):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        udp.bind(("", QUERY_PORT))
        while True:
            query, sender = udp.recvfrom(2048)
            if json.loads(query).get("devName") == "*":
                udp.sendto(text.encode(), (sender[0], ANSWER_PORT))


def dhcp_request(mac, address):
    """BOOTP with the options that make it a DHCPREQUEST."""
    packet = bytearray(236)
    packet[0:3] = 1, 1, 6
    packet[28:34] = bytes.fromhex(mac.replace(":", ""))
    wanted = ipaddress.IPv4Address(address).packed
    return bytes(packet) + b"\x63\x82\x53\x63" + b"\x35\x01\x03" + b"\x32\x04" + wanted + b"\xff"


def request(mac, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        udp.bind(("", 68))
        while True:
            udp.sendto(dhcp_request(mac, address), ("10.77.0.255", 67))
            time.sleep(0.2)


if __name__ == "__main__":
    {"answer": answer, "request": request}[sys.argv[1]](*sys.argv[2:])
