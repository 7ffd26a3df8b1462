package main

import (
	"errors"
	"net/http"

	"github.com/go-playground/validator/v10"
)

type invalidParam struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// problem is an error that is sent as problem details (RFC 9457).
type problem struct {
	Type          string         `json:"type"`
	Title         string         `json:"title"`
	Status        int            `json:"status"`
	Detail        string         `json:"detail"`
	RequestID     string         `json:"requestId"`
	InvalidParams []invalidParam `json:"invalidParams,omitempty"`
}

func (p problem) Error() string {
	return p.Detail
}

func problemOf(err error) problem {
	var found problem
	switch {
	case errors.As(err, &found):
		return found
	case errors.Is(err, errNotFound):
		return problem{Status: http.StatusNotFound, Detail: "No contact with this id exists"}
	case errors.Is(err, errModified):
		return problem{Status: http.StatusPreconditionFailed, Detail: "The contact was modified"}
	case errors.Is(err, errEmailTaken):
		return problem{Status: http.StatusConflict, Detail: "Another contact has this e-mail address"}
	}
	return problem{Status: http.StatusInternalServerError, Detail: "Internal error"}
}

func invalid(status int, name, reason string) problem {
	params := []invalidParam{{name, reason}}
	return problem{Status: status, Detail: "The request has validation errors", InvalidParams: params}
}

var validation = validator.New(validator.WithRequiredStructEnabled())

func validate(input any) error {
	return violations(validation.Struct(input))
}

// validateChange checks the properties that a merge patch sets.
func validateChange(name, email optional[string], age optional[int16]) error {
	if name.Set && name.Value == nil {
		return invalid(http.StatusUnprocessableEntity, "name", "must be a string")
	}
	return violations(validation.Struct(struct {
		Name  *string `validate:"omitnil,min=1,max=100"`
		Email *string `validate:"omitnil,email,max=254"`
		Age   *int16  `validate:"omitnil,min=1,max=150"`
	}{name.Value, email.Value, age.Value}))
}

func violations(err error) error {
	var failures validator.ValidationErrors
	if !errors.As(err, &failures) {
		return err
	}
	found := problem{Status: http.StatusUnprocessableEntity, Detail: "The request has validation errors"}
	for _, failure := range failures {
		found.InvalidParams = append(found.InvalidParams, invalidParam{failure.Field(), failure.Tag()})
	}
	return found
}
