-- A shop of 5,000 customers and 40,000 orders. Values come from remainders of products with primes, so that they are the same
-- on every machine, and no two columns follow each other.
CREATE TABLE customers(
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, email TEXT NOT NULL, name TEXT NOT NULL, city TEXT NOT NULL,
  country TEXT NOT NULL, created_at TEXT NOT NULL, notes TEXT);
CREATE TABLE orders(
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE, status TEXT NOT NULL,
  channel TEXT NOT NULL, created_at TEXT NOT NULL, shipped_at TEXT, total NUMERIC NOT NULL, remark TEXT);
CREATE TABLE categories(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES categories(id), name TEXT NOT NULL);
CREATE TABLE products(
  id INTEGER PRIMARY KEY, sku TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL,
  category_id INTEGER NOT NULL REFERENCES categories(id), price NUMERIC NOT NULL, active INTEGER NOT NULL,
  attributes TEXT NOT NULL);
CREATE TABLE order_lines(
  order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE, line_no INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products(id), quantity INTEGER NOT NULL, price NUMERIC NOT NULL,
  PRIMARY KEY(order_id, line_no)) WITHOUT ROWID;
CREATE TABLE events(
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE TABLE sessions(
  token TEXT PRIMARY KEY, user_id INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE employees(
  id INTEGER PRIMARY KEY, manager_id INTEGER REFERENCES employees(id), name TEXT NOT NULL, title TEXT NOT NULL);
CREATE TABLE messages(
  id INTEGER PRIMARY KEY, sender_id INTEGER NOT NULL, recipient_id INTEGER NOT NULL, sent_at INTEGER NOT NULL,
  read_at INTEGER, body TEXT NOT NULL);
CREATE TABLE settings(name TEXT PRIMARY KEY, area TEXT NOT NULL, value TEXT NOT NULL);
CREATE VIEW order_overview AS
  SELECT o.id, o.customer_id, o.created_at, o.total, c.name AS customer
  FROM orders o JOIN customers c ON c.id = o.customer_id;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO customers
  SELECT i, printf('C%06d', i), printf('User.%d@Example%d.org', i, i % 7), printf('Name %d', (i * 7919) % 4507),
    printf('City %d', (i * 31) % 199), printf('Country %d', (i * 17) % 20),
    datetime('2020-01-01', printf('+%d minutes', (i * 104729) % 2000000)), printf('remark on customer %d of the shop', i)
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
INSERT INTO orders
  SELECT i, 1 + (i * 7919) % 4999,
    CASE WHEN i % 200 = 0 THEN 'open' WHEN i % 100 = 1 THEN 'new' WHEN i % 11 = 0 THEN 'returned' ELSE 'done' END,
    printf('channel %d', (i * 13) % 8), datetime('2022-01-01', printf('+%d minutes', (i * 104729) % 1500007)),
    CASE WHEN i % 100 = 7 THEN NULL ELSE datetime('2022-01-03', printf('+%d minutes', (i * 104729) % 1500007)) END,
    (i * 3571) % 50021 / 100.0, printf('please deliver order %d to the back door', i)
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
INSERT INTO categories SELECT i, CASE WHEN i > 5 THEN 1 + i % 5 END, printf('Category %d', i) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
INSERT INTO products
  SELECT i, printf('AB-%05d', (i * 7919) % 99991), printf('Product %d', i), 1 + (i * 29) % 50, (i * 3571) % 20011 / 100.0,
    i % 20 <> 0, printf('{"brand": "brand %d", "color": "color %d"}', (i * 37) % 300, i % 9)
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
INSERT INTO order_lines
  SELECT 1 + i % 40000, 1 + i / 40000, 1 + (i * 7919) % 4000, 1 + i % 5, (i * 3571) % 20011 / 100.0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
INSERT INTO events
  SELECT i, 1 + (i * 7919) % 1999, printf('kind %d', (i * 104729) % 11), 1600000000 + i * 97,
    printf('{"event": %d, "from": "somewhere"}', i)
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO sessions
  SELECT printf('%016x', (i * 2654435761) % 4294967296 * 4099), 1 + (i * 7919) % 5000, 1700000000 + (i * 104729) % 900001
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO employees
  SELECT i, CASE WHEN i > 1 THEN 1 + i / 9 END, printf('Employee %d', i), printf('title %d', i % 12) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
INSERT INTO messages
  SELECT i, 1 + (i * 7919) % 3000, 1 + (i * 104729) % 2999, 1650000000 + i * 61,
    CASE WHEN i % 150 = 0 THEN NULL ELSE 1650000000 + i * 61 + 3600 END, printf('message number %d, with a few words', i)
  FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
INSERT INTO settings SELECT printf('setting %d', i), printf('area %d', i % 4), printf('value %d', i) FROM n;
