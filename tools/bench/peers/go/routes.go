package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	path    = "/v1/contacts"
	maxBody = 1 << 20
)

type meta struct {
	RequestID  string `json:"requestId"`
	Limit      int    `json:"limit,omitempty"`
	NextCursor string `json:"nextCursor,omitempty"`
}

type envelope struct {
	Data any  `json:"data"`
	Meta meta `json:"meta"`
}

// handler is a route that may fail; its error is sent as problem details.
type handler func(w http.ResponseWriter, r *http.Request) error

func routes(s *store) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /livez", handle(func(w http.ResponseWriter, _ *http.Request) error {
		return send(w, http.StatusOK, map[string]string{"status": "ok"})
	}))
	mux.Handle("GET "+path+"/{id}", handle(s.getContact))
	mux.Handle("GET "+path, handle(s.listContacts))
	mux.Handle("POST "+path, handle(s.createContact))
	mux.Handle("PATCH "+path+"/{id}", handle(s.patchContact))
	mux.Handle("/", handle(func(http.ResponseWriter, *http.Request) error {
		return problem{Status: http.StatusNotFound, Detail: "No resource exists at this path"}
	}))
	return withRequestID(mux)
}

func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if id == "" {
			id = uuid.NewString()
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r)
	})
}

func handle(next handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := next(w, r)
		if err == nil {
			return
		}
		found := problemOf(err)
		if found.Status == http.StatusInternalServerError {
			slog.Error("request failed", "error", err)
		}
		found.Type, found.Title = "about:blank", http.StatusText(found.Status)
		found.RequestID = w.Header().Get("X-Request-Id")
		w.Header().Set("Content-Type", "application/problem+json")
		_ = send(w, found.Status, found)
	})
}

func (s *store) getContact(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	found, err := s.find(r.Context(), id)
	if err != nil {
		return err
	}
	if r.Header.Get("If-None-Match") == etag(found) {
		w.Header().Set("ETag", etag(found))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return sendContact(w, http.StatusOK, found)
}

func (s *store) listContacts(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	limit, after := 20, ""
	if text := query.Get("limit"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > 200 {
			return invalid(http.StatusBadRequest, "limit", "must be an integer from 1 to 200")
		}
		limit = number
	}
	if cursor := query.Get("after"); cursor != "" {
		anchor, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || uuid.Validate(string(anchor)) != nil {
			return invalid(http.StatusBadRequest, "after", "is not a cursor")
		}
		after = string(anchor)
	}
	contacts, err := s.list(r.Context(), after, limit+1)
	if err != nil {
		return err
	}
	page := meta{RequestID: w.Header().Get("X-Request-Id"), Limit: limit}
	if len(contacts) > limit {
		contacts = contacts[:limit]
		page.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(contacts[limit-1].ID))
	}
	return send(w, http.StatusOK, envelope{contacts, page})
}

func (s *store) createContact(w http.ResponseWriter, r *http.Request) error {
	var input struct {
		Name  *string `json:"name" validate:"required,min=1,max=100"`
		Email *string `json:"email" validate:"omitnil,email,max=254"`
		Age   *int16  `json:"age" validate:"omitnil,min=1,max=150"`
	}
	if err := decode(r, "application/json", &input); err != nil {
		return err
	}
	trim(input.Name)
	if err := validate(input); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	created := contact{id.String(), *input.Name, input.Email, input.Age, 1, now, now}
	if err := s.insert(r.Context(), created); err != nil {
		return err
	}
	w.Header().Set("Location", path+"/"+created.ID)
	return sendContact(w, http.StatusCreated, created)
}

func (s *store) patchContact(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var change struct {
		Name  optional[string] `json:"name"`
		Email optional[string] `json:"email"`
		Age   optional[int16]  `json:"age"`
	}
	if err := decode(r, "application/merge-patch+json", &change); err != nil {
		return err
	}
	trim(change.Name.Value)
	if err := validateChange(change.Name, change.Email, change.Age); err != nil {
		return err
	}
	ifMatch := r.Header.Get("If-Match")
	if ifMatch == "" {
		return problem{Status: http.StatusPreconditionRequired, Detail: "Send the ETag of the contact in If-Match"}
	}
	current, err := s.find(r.Context(), id)
	if err != nil {
		return err
	}
	if ifMatch != etag(current) {
		return errModified
	}
	if change.Name.Set {
		current.Name = *change.Name.Value
	}
	if change.Email.Set {
		current.Email = change.Email.Value
	}
	if change.Age.Set {
		current.Age = change.Age.Value
	}
	updated, err := s.update(r.Context(), current)
	if err != nil {
		return err
	}
	return sendContact(w, http.StatusOK, updated)
}

// optional is a property of a merge patch: absent, null, or a value.
type optional[T any] struct {
	Set   bool
	Value *T
}

func (o *optional[T]) UnmarshalJSON(text []byte) error {
	o.Set = true
	return json.Unmarshal(text, &o.Value)
}

func trim(text *string) {
	if text != nil {
		*text = strings.TrimSpace(*text)
	}
}

func pathID(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if uuid.Validate(id) != nil {
		return "", invalid(http.StatusBadRequest, "id", "must be a UUID")
	}
	return id, nil
}

func decode(r *http.Request, mediaType string, into any) error {
	if found, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || found != mediaType {
		return problem{Status: http.StatusUnsupportedMediaType, Detail: "The body must be " + mediaType}
	}
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return invalid(http.StatusUnprocessableEntity, kind.Field, "must be a "+kind.Type.String())
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return problem{Status: http.StatusBadRequest, Detail: "The body is not valid JSON"}
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return invalid(http.StatusUnprocessableEntity, "", strings.TrimPrefix(err.Error(), "json: "))
	}
	return err
}

func etag(c contact) string {
	return fmt.Sprintf("%q", strconv.FormatInt(c.Version, 10))
}

func sendContact(w http.ResponseWriter, status int, c contact) error {
	w.Header().Set("ETag", etag(c))
	return send(w, status, envelope{c, meta{RequestID: w.Header().Get("X-Request-Id")}})
}

func send(w http.ResponseWriter, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	header := w.Header()
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text)
	return nil
}
