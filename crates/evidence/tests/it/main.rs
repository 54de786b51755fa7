//! What must hold for whole logs: alterations are found, crashes lose nothing, others' vectors and verifiers agree.

#[cfg(test)]
mod canonical;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod independent;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod vectors;
