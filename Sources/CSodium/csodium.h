// libsodium as Debian ships it (libsodium-dev): SHA-256 for digests, argon2id and Ed25519 for accounts and signatures.
#ifndef CONCOURS_CSODIUM_H
#define CONCOURS_CSODIUM_H
#include <sodium.h>
#endif
