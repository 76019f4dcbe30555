"""Tables as AWS, CloudFormation and Terraform take them."""
