# A function with a URL that streams responses, in the subnets of the database. Build the archive first, see
# docs/lambda.md.

terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "database_host" {
  description = "Host of a pooler in transaction mode, or of the database"
  type        = string
}

variable "secret_name" {
  description = "Secret in Secrets Manager with the keys password and hmac"
  type        = string
}

variable "auth_issuer" {
  type = string
}

variable "auth_audience" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "security_group_ids" {
  type = list(string)
}

locals {
  archive = "${path.module}/../../dist/lambda.zip"
  secret  = jsondecode(data.aws_secretsmanager_secret_version.archway.secret_string)
}

data "aws_secretsmanager_secret_version" "archway" {
  secret_id = var.secret_name
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "archway" {
  name               = "archway"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

# Logs, and network interfaces in the subnets.
resource "aws_iam_role_policy_attachment" "network" {
  role       = aws_iam_role.archway.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  role       = aws_iam_role.archway.name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_lambda_function" "archway" {
  function_name    = "archway"
  role             = aws_iam_role.archway.arn
  filename         = local.archive
  source_code_hash = filebase64sha256(local.archive)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = ["arm64"]
  memory_size      = 512
  timeout          = 29
  # Instances times POSTGRES_PRIMARY_POOL_MAX_CONNS, which is 1, is the number of connections.
  reserved_concurrent_executions = 50

  tracing_config {
    mode = "Active"
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = var.security_group_ids
  }

  environment {
    variables = {
      POSTGRES_PRIMARY_HOST     = var.database_host
      POSTGRES_PRIMARY_DATABASE = "archway"
      POSTGRES_PRIMARY_USER     = "archway_app"
      POSTGRES_PRIMARY_PASSWORD = local.secret["password"]
      POSTGRES_PRIMARY_TLS      = "verify-full"
      POSTGRES_POOLER           = "transaction"
      HMAC_SECRET               = local.secret["hmac"]
      AUTH_MODE                 = "jwt"
      AUTH_ISSUER               = var.auth_issuer
      AUTH_AUDIENCE             = var.auth_audience
      WRITE_TIMEOUT             = "25s"
      LAMBDA_RESPONSE_MODE      = "streaming"
    }
  }
}

resource "aws_lambda_function_url" "archway" {
  function_name      = aws_lambda_function.archway.function_name
  authorization_type = "NONE"
  invoke_mode        = "RESPONSE_STREAM"
}

output "url" {
  value = aws_lambda_function_url.archway.function_url
}
