-- The sample database of the examples and the demo: a bookshop. Everything in it is made up; the rows
-- are computed, so that every run makes the same file. It has what real databases have: composite keys,
-- a table that refers to itself, a link table, a view, triggers, generated columns, full-text search.

PRAGMA foreign_keys = ON;

CREATE TABLE authors (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  born       DATE,
  mentor_id  INTEGER REFERENCES authors (id) ON DELETE SET NULL
);

CREATE TABLE books (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  title      TEXT NOT NULL,
  author_id  INTEGER NOT NULL REFERENCES authors (id),
  isbn       VARCHAR(17) NOT NULL UNIQUE,
  price      DECIMAL(8, 2) NOT NULL CHECK (price > 0),
  pages      INTEGER,
  in_print   BOOLEAN NOT NULL DEFAULT TRUE,
  published  DATE,
  details    JSON
);
CREATE INDEX books_by_author ON books (author_id, published DESC);
CREATE INDEX books_in_print ON books (title) WHERE in_print;

CREATE TABLE genres (
  code  CHAR(3) PRIMARY KEY,
  name  TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE book_genres (
  book_id     INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  genre_code  CHAR(3) NOT NULL REFERENCES genres (code),
  PRIMARY KEY (book_id, genre_code)
) WITHOUT ROWID;

CREATE TABLE customers (
  id          INTEGER PRIMARY KEY,
  email       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  first_name  TEXT NOT NULL,
  last_name   TEXT NOT NULL,
  full_name   TEXT GENERATED ALWAYS AS (first_name || ' ' || last_name) VIRTUAL,
  active      BOOLEAN NOT NULL DEFAULT 1,
  created_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE profiles (
  customer_id  INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  newsletter   BOOLEAN NOT NULL DEFAULT 0,
  avatar       BLOB
);

CREATE TABLE orders (
  id           INTEGER PRIMARY KEY,
  customer_id  INTEGER NOT NULL REFERENCES customers (id),
  ordered_at   TIMESTAMP NOT NULL,
  status       TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'sent', 'returned'))
);
CREATE INDEX orders_by_customer ON orders (customer_id);

CREATE TABLE order_lines (
  order_id  INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  line      INTEGER NOT NULL,
  book_id   INTEGER NOT NULL REFERENCES books (id),
  quantity  INTEGER NOT NULL CHECK (quantity > 0),
  price     DECIMAL(8, 2) NOT NULL,
  total     DECIMAL(10, 2) GENERATED ALWAYS AS (quantity * price) STORED,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE stock (
  book_id   INTEGER PRIMARY KEY REFERENCES books (id),
  quantity  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE price_changes (
  book_id     INTEGER NOT NULL REFERENCES books (id),
  old_price   DECIMAL(8, 2) NOT NULL,
  new_price   DECIMAL(8, 2) NOT NULL,
  changed_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER books_price_history AFTER UPDATE OF price ON books
WHEN old.price <> new.price
BEGIN
  INSERT INTO price_changes (book_id, old_price, new_price)
  VALUES (new.id, old.price, new.price);
END;

CREATE VIEW best_sellers AS
SELECT b.id AS book_id, b.title, a.name AS author, sum(l.quantity) AS sold
FROM books b
JOIN authors a ON a.id = b.author_id
JOIN order_lines l ON l.book_id = b.id
GROUP BY b.id
ORDER BY sold DESC;

CREATE VIRTUAL TABLE book_search USING fts5 (title, content = 'books', content_rowid = 'id');

-- Rows.

INSERT INTO authors (id, name, born, mentor_id) VALUES
  (1, 'Ada Morgenstern', '1931-04-02', NULL),
  (2, 'Bela Ferenczi', '1945-11-23', 1),
  (3, 'Chiara Vento', '1958-01-30', 1),
  (4, 'Daniel Okafor', '1962-07-14', 2),
  (5, 'Élodie Marchand', '1970-09-09', 3),
  (6, 'Fumiko Arai', '1974-12-25', NULL),
  (7, 'Gustav Lindqvist', '1981-03-17', 4),
  (8, 'Hana Novotná', '1985-06-06', 5),
  (9, 'Ibrahim Saleh', '1990-02-28', 6),
  (10, 'Jónas Þórsson', NULL, 7);

INSERT INTO genres (code, name) VALUES
  ('FIC', 'Fiction'), ('HIS', 'History'), ('SCI', 'Science'), ('POE', 'Poetry'),
  ('TRA', 'Travel'), ('CHI', 'Children');

WITH RECURSIVE
  n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 240),
  adjective (k, word) AS (VALUES (0, 'Quiet'), (1, 'Hollow'), (2, 'Bright'), (3, 'Lost'),
    (4, 'Second'), (5, 'Northern'), (6, 'Paper'), (7, 'Last')),
  noun (k, word) AS (VALUES (0, 'Harbour'), (1, 'Garden'), (2, 'Atlas'), (3, 'Winter'),
    (4, 'Machine'), (5, 'River'), (6, 'Letters'), (7, 'Lantern'), (8, 'Orchard'), (9, 'Compass'))
INSERT INTO books (title, author_id, isbn, price, pages, in_print, published, details)
SELECT
  'The ' || a.word || ' ' || o.word || CASE i / 80 WHEN 0 THEN '' ELSE ', Volume ' || (i / 80 + 1) END,
  i % 10 + 1,
  printf('978-0-%04d-%04d-%d', i * 37 % 10000, i * 91 % 10000, i % 10),
  round(5 + (i * 7919 % 3500) / 100.0, 2),
  CASE i % 17 WHEN 0 THEN NULL ELSE 80 + i * 131 % 720 END,
  i % 7 <> 0,
  date('1960-01-01', (i * 97) || ' days'),
  json_object('edition', i % 4 + 1, 'languages', json_array('en', CASE i % 3 WHEN 0 THEN 'fr' ELSE 'de' END))
FROM n
JOIN adjective a ON a.k = i % 8
JOIN noun o ON o.k = i / 8 % 10;

INSERT INTO book_genres (book_id, genre_code)
SELECT b.id, g.code
FROM books b
JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS k FROM genres) g
  ON g.k IN (b.id % 6, b.id * 5 % 6);

WITH RECURSIVE
  n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120),
  first (k, word) AS (VALUES (0, 'Ada'), (1, 'Bruno'), (2, 'Clara'), (3, 'Dmitri'), (4, 'Eva'),
    (5, 'Farid'), (6, 'Grace'), (7, 'Hugo'), (8, 'Inês'), (9, 'Jun'), (10, 'Kofi'), (11, 'Lena')),
  last (k, word) AS (VALUES (0, 'Almeida'), (1, 'Bauer'), (2, 'Chen'), (3, 'Diallo'), (4, 'Eriksen'),
    (5, 'Fischer'), (6, 'García'), (7, 'Haddad'), (8, 'Ito'), (9, 'Jansen'))
INSERT INTO customers (email, first_name, last_name, active, created_at)
SELECT
  'customer' || i || '@example.org', f.word, l.word, i % 5 <> 0,
  datetime('2023-01-01 08:00:00', (i * 61) || ' hours')
FROM n
JOIN first f ON f.k = i % 12
JOIN last l ON l.k = i / 12 % 10;

INSERT INTO profiles (customer_id, newsletter, avatar)
SELECT id, id % 3 = 0, CASE WHEN id % 4 = 0 THEN CAST('avatar ' || id AS BLOB) END
FROM customers
WHERE id % 2 = 0;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
INSERT INTO orders (customer_id, ordered_at, status)
SELECT
  i * 53 % 120 + 1,
  datetime('2024-01-01 09:30:00', (i * 29) || ' hours'),
  CASE i % 10 WHEN 0 THEN 'returned' WHEN 1 THEN 'open' WHEN 2 THEN 'paid' ELSE 'sent' END
FROM n;

INSERT INTO order_lines (order_id, line, book_id, quantity, price)
SELECT o.id, k.line, b.id, (o.id + k.line) % 3 + 1, b.price
FROM orders o
JOIN (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3) k ON k.line <= o.id % 3 + 1
JOIN books b ON b.id = (o.id * 17 + k.line * 71) % 240 + 1;

INSERT INTO stock (book_id, quantity)
SELECT id, id * 13 % 40 FROM books;

INSERT INTO book_search (book_search) VALUES ('rebuild');
ANALYZE;
