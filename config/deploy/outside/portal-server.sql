-- The PostgreSQL of the machine outside, once: `carry` owns the tables, and comes over the network with a certificate;
-- `portal` reads and sends, and `feeds` reads, over the socket of this machine. None has a password.
CREATE ROLE carry LOGIN;
CREATE ROLE portal LOGIN;
CREATE ROLE feeds LOGIN;
CREATE DATABASE portal OWNER carry ENCODING 'UTF8' TEMPLATE template0;
ALTER SYSTEM SET ssl = on;
ALTER SYSTEM SET ssl_cert_file = '/etc/ssl/arshjul-portal/database.pem';
ALTER SYSTEM SET ssl_key_file = '/etc/ssl/arshjul-portal/database.key';
-- Whose certificates are believed: the inner machine's own, and no other.
ALTER SYSTEM SET ssl_ca_file = '/etc/ssl/arshjul-portal/carry.pem';
ALTER SYSTEM SET listen_addresses = '*';
