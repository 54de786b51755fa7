//! Networks of addresses, as `192.0.2.0/24`.

use std::fmt;
use std::net::IpAddr;

/// A network: one address, or all that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// What is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network, such as 192.0.2.1 or 192.0.2.0/24")]
pub struct NoNetwork(String);

impl Network {
    /// The networks of this machine.
    pub const LOOPBACK: [Self; 2] = [
        Self { address: IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 0)), prefix_bits: 8 },
        Self { address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), prefix_bits: 128 },
    ];

    /// Whether `address` is in it. An IPv4 address that arrived on a socket of IPv6 is itself (RFC 4291 section 2.5.5.2).
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let bits = u32::from(own) ^ u32::from(other);
                bits.leading_zeros() >= u32::from(self.prefix_bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let bits = u128::from(own) ^ u128::from(other);
                bits.leading_zeros() >= u32::from(self.prefix_bits)
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let no_network = || NoNetwork(text.to_owned());
        let address: IpAddr = address.parse().map_err(|_| no_network())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = prefix.map_or(Ok(longest), str::parse).map_err(|_| no_network())?;
        if prefix_bits > longest { Err(no_network()) } else { Ok(Self { address, prefix_bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, is_inside: bool) {
        let network: Network = network.parse().expect("a network");
        assert_eq!(
            network.contains(address.parse().expect("an address")),
            is_inside,
            "{address} in {network}"
        );
    }

    #[test]
    fn addresses_with_the_same_first_bits_are_inside() {
        check("192.0.2.0/24", "192.0.2.255", true);
        check("192.0.2.0/24", "192.0.3.0", false);
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("192.0.2.0/24", "::ffff:192.0.2.7", true);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::1", "::1", true);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "x", "192.0.2.0/33", "192.0.2.0/", "192.0.2/24", "::/129", "192.0.2.0/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork(text.into())), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine() {
        let is_loopback = |text: &str| {
            Network::LOOPBACK.iter().any(|network| network.contains(text.parse().expect("an address")))
        };
        assert!(is_loopback("127.0.0.1") && is_loopback("127.8.9.1") && is_loopback("::1"));
        assert!(!is_loopback("192.0.2.1") && !is_loopback("::2") && !is_loopback("0.0.0.0"));
    }
}
