//! Networks of many rules, found by one address: a search for each length of prefix that occurs, of which there are few.

use crate::sigma::condition::Network;
use std::net::IpAddr;

/// Networks with the predicates that hold for an address in them.
#[derive(Debug, Clone, Default)]
pub(super) struct NetworkTable {
    levels: Box<[Level]>,
}

/// Networks of one family and length.
#[derive(Debug, Clone)]
struct Level {
    is_v4: bool,
    prefix: u8,
    /// Leading bits and predicate, in order.
    networks: Box<[(u128, u32)]>,
}

impl NetworkTable {
    /// A table of networks, each with its predicate.
    pub(super) fn new(networks: &[(Network, u32)]) -> Self {
        let mut keyed: Vec<_> = networks
            .iter()
            .map(|(network, predicate)| {
                let (is_v4, bits) = bits(network.address);
                ((is_v4, network.prefix), (leading(bits, network.prefix), *predicate))
            })
            .collect();
        keyed.sort_unstable();
        let levels = keyed.chunk_by(|one, other| one.0 == other.0).filter_map(|level| {
            let ((is_v4, prefix), _) = *level.first()?;
            Some(Level { is_v4, prefix, networks: level.iter().map(|(_, entry)| *entry).collect() })
        });
        Self { levels: levels.collect() }
    }

    /// Is there no network?
    pub(super) fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Calls `found` with the predicate of each network that `address` is in.
    pub(super) fn find(&self, address: IpAddr, mut found: impl FnMut(u32)) {
        let (is_v4, bits) = bits(address);
        for level in self.levels.iter().filter(|level| level.is_v4 == is_v4) {
            let wanted = leading(bits, level.prefix);
            let start = level.networks.partition_point(|(network, _)| *network < wanted);
            let from_start = level.networks.get(start..).unwrap_or_default();
            from_start
                .iter()
                .take_while(|(network, _)| *network == wanted)
                .for_each(|(_, predicate)| found(*predicate));
        }
    }
}

/// The address with its first bit as the highest. An IPv4 address written in IPv6 is the IPv4 address.
fn bits(address: IpAddr) -> (bool, u128) {
    match address.to_canonical() {
        IpAddr::V4(address) => (true, u128::from(address.to_bits()) << 96),
        IpAddr::V6(address) => (false, address.to_bits()),
    }
}

fn leading(bits: u128, prefix: u8) -> u128 {
    let dropped = 128u32.saturating_sub(u32::from(prefix));
    bits.checked_shr(dropped).unwrap_or_default().checked_shl(dropped).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::evaluate::is_within;

    fn network(address: &str, prefix: u8) -> Network {
        Network { address: address.parse().expect("an address"), prefix }
    }

    #[test]
    fn an_address_is_in_its_networks_and_in_no_other() {
        let networks = [
            network("192.0.2.0", 24),
            network("192.0.2.128", 25),
            network("0.0.0.0", 0),
            network("192.0.2.7", 32),
            network("2001:db8::", 32),
            network("::", 0),
        ];
        let numbered: Vec<_> = networks.iter().copied().zip(0..).collect();
        let table = NetworkTable::new(&numbered);
        for (address, expected) in [
            ("192.0.2.7", &[0, 2, 3][..]),
            ("192.0.2.200", &[0, 1, 2]),
            ("198.51.100.1", &[2]),
            ("2001:db8::1", &[4, 5]),
            ("2001:db9::", &[5]),
            ("::ffff:192.0.2.7", &[0, 2, 3]),
        ] {
            let address: IpAddr = address.parse().expect("an address");
            let mut found = Vec::new();
            table.find(address, |predicate| found.push(predicate));
            found.sort_unstable();
            assert_eq!(found, expected, "{address}");
            let plainly: Vec<u32> = numbered
                .iter()
                .filter(|(network, _)| is_within(address, *network))
                .map(|(_, at)| *at)
                .collect();
            assert_eq!(plainly, expected, "{address}");
        }
    }
}
