create table if not exists book (
    id bigint generated always as identity primary key,
    isbn text not null unique,
    title text not null,
    price numeric(8, 2) not null check (price >= 0)
);

create table if not exists price_change (
    book_id bigint not null references book,
    old_price numeric(8, 2) not null,
    new_price numeric(8, 2) not null,
    changed_at timestamptz not null default now()
);
