-- Chinook after some years of trade: 3,540 customers, 24,720 invoices with 134,400 lines, 35,030 tracks. The keys that its
-- authors index are left without.
DROP INDEX IFK_AlbumArtistId;
DROP INDEX IFK_CustomerSupportRepId;
DROP INDEX IFK_EmployeeReportsTo;
DROP INDEX IFK_InvoiceCustomerId;
DROP INDEX IFK_InvoiceLineInvoiceId;
DROP INDEX IFK_InvoiceLineTrackId;
DROP INDEX IFK_PlaylistTrackPlaylistId;
DROP INDEX IFK_PlaylistTrackTrackId;
DROP INDEX IFK_TrackAlbumId;
DROP INDEX IFK_TrackGenreId;
DROP INDEX IFK_TrackMediaTypeId;
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 59) SELECT i FROM n;
INSERT INTO Artist SELECT ArtistId + i * 1000, Name || ' ' || i FROM Artist, n WHERE i < 10;
INSERT INTO Album SELECT AlbumId + i * 1000, Title || ' ' || i, ArtistId + i * 1000 FROM Album, n WHERE i < 10;
INSERT INTO Track
  SELECT TrackId + i * 10000, Name || ' ' || i, AlbumId + i * 1000, MediaTypeId, GenreId, Composer || ' ' || i,
    Milliseconds + i * 17, Bytes + i * 1013, UnitPrice
  FROM Track, n WHERE i < 10;
INSERT INTO PlaylistTrack SELECT PlaylistId, TrackId + i * 10000 FROM PlaylistTrack, n WHERE i < 5;
INSERT INTO Customer
  SELECT CustomerId + i * 100, FirstName, LastName || ' ' || i, Company, Address, City, State, Country, PostalCode, Phone,
    Fax, i || '.' || Email, SupportRepId
  FROM Customer, n;
INSERT INTO Invoice
  SELECT InvoiceId + i * 1000, CustomerId + i * 100, datetime(InvoiceDate, printf('+%d hours', i * 7)), BillingAddress,
    BillingCity, BillingState, BillingCountry, BillingPostalCode, Total
  FROM Invoice, n;
INSERT INTO InvoiceLine
  SELECT InvoiceLineId + i * 10000, InvoiceId + i * 1000, TrackId + (i % 10) * 10000, UnitPrice, Quantity
  FROM InvoiceLine, n;
DROP TABLE n;
