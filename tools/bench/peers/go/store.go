package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	errNotFound   = errors.New("no contact with this id exists")
	errModified   = errors.New("the contact was modified")
	errEmailTaken = errors.New("another contact has this e-mail address")
)

type contact struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Email     *string   `json:"email"`
	Age       *int16    `json:"age"`
	Version   int64     `json:"-"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

type store struct {
	pool *pgxpool.Pool
}

const columns = `id, name, email, age, version, created_at, updated_at`

func (s *store) find(ctx context.Context, id string) (contact, error) {
	rows, err := s.pool.Query(ctx, `select `+columns+` from contacts where id = $1 and deleted_at is null`, id)
	if err != nil {
		return contact{}, err
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[contact])
	if errors.Is(err, pgx.ErrNoRows) {
		return contact{}, errNotFound
	}
	return found, err
}

func (s *store) insert(ctx context.Context, c contact) error {
	_, err := s.pool.Exec(ctx, `insert into contacts (id, name, email, age, version, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Name, c.Email, c.Age, c.Version, c.CreatedAt, c.UpdatedAt)
	return known(err)
}

func (s *store) update(ctx context.Context, c contact) (contact, error) {
	rows, err := s.pool.Query(ctx, `update contacts set name = $2, email = $3, age = $4, version = version + 1,
			updated_at = greatest(updated_at, $5)
		where id = $1 and deleted_at is null and version = $6 returning `+columns,
		c.ID, c.Name, c.Email, c.Age, time.Now(), c.Version)
	if err != nil {
		return contact{}, known(err)
	}
	updated, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[contact])
	if errors.Is(err, pgx.ErrNoRows) {
		return contact{}, errModified
	}
	return updated, known(err)
}

func (s *store) list(ctx context.Context, after string, count int) ([]contact, error) {
	var rows pgx.Rows
	var err error
	if after == "" {
		rows, err = s.pool.Query(ctx, `select `+columns+` from contacts where deleted_at is null
			order by created_at desc, id desc limit $1`, count)
	} else {
		rows, err = s.pool.Query(ctx, `select `+columns+` from contacts where deleted_at is null
				and (created_at, id) < ((select created_at from contacts where id = $1), $1::uuid)
			order by created_at desc, id desc limit $2`, after, count)
	}
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[contact])
}

func known(err error) error {
	var failure *pgconn.PgError
	if errors.As(err, &failure) && failure.Code == "23505" {
		return errEmailTaken
	}
	return err
}
