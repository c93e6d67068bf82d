# The id of a commit.
is_commit() {
  case $1 in
    '' | *[!0-9a-f]*) return 1 ;;
  esac
}

# What a build is of, and what its image is tagged with: the id of a commit, or s3- and the version of an object. AWS calls
# versions opaque: one that is no tag is refused, for two that became one tag would share an image. With "released-" a tag
# has at most 128 characters; "null" is what S3 calls every version of a bucket that keeps none.
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
is_revision() {
  case $1 in
    s3- | s3-null | s3-*[!0-9A-Za-z._-]*) return 1 ;;
    s3-*) [ ${#1} -le 119 ] ;;
    *) is_commit "$1" ;;
  esac
}
